from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohort", "0004_synthetic")]

    operations = [
        migrations.AddField(
            model_name="answerchange",
            name="source",
            field=models.CharField(
                choices=[("form", "Form"), ("import", "Import from a workbook")], default="form", max_length=6
            ),
        ),
    ]
