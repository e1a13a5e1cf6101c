from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uploads", "0004_overruled")]

    operations = [
        migrations.AddField(
            model_name="leakalarm",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("other_patient", "Stripped for another patient"),
                    ("old_engine", "Stripped by an older engine"),
                    ("not_stripped", "Not free of identity"),
                ],
                default="",
                max_length=13,
            ),
            preserve_default=False,
        ),
    ]
