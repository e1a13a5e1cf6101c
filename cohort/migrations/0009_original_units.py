
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohort', '0008_questions'),
    ]

    operations = [
        migrations.AddField(
            model_name='answerchange',
            name='original',
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
