from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohort", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="images",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
    ]
