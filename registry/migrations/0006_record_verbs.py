
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0005_held_pictures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='verb',
            field=models.CharField(choices=[('signed in', 'Signed In'), ('sign-in failed', 'Sign In Failed'), ('signed out', 'Signed Out'), ('token issued', 'Token Issued'), ('site token made', 'Site Token Made'), ('site token revoked', 'Site Token Revoked'), ('account made', 'Account Made'), ('ethics approval entered', 'Approval Entered'), ('ethics approval withdrawn', 'Approval Withdrawn'), ('quota set', 'Quota Set'), ('subject made', 'Subject Made'), ('upload started', 'Upload Started'), ('upload completed', 'Upload Completed'), ('upload expired', 'Upload Expired'), ('staging swept', 'Staging Swept'), ('series stored', 'Series Stored'), ('series quarantined', 'Series Quarantined'), ('files refused', 'File Refused'), ('held picture seen', 'Picture Seen'), ('text in pictures decided', 'Text Decided'), ('series read', 'Series Read'), ('form changed', 'Form Changed'), ('form submitted', 'Form Submitted'), ('form signed', 'Form Signed'), ('signature broken', 'Signature Broken'), ('unlock asked', 'Unlock Asked'), ('unlock granted', 'Unlock Granted'), ('unlock refused', 'Unlock Refused'), ('record checked', 'Record Checked'), ('record taken', 'Record Taken'), ('case accepted', 'Case Accepted'), ('case returned', 'Case Returned'), ('query opened', 'Query Opened'), ('query answered', 'Query Answered'), ('query closed', 'Query Closed'), ('query verified', 'Query Verified'), ('query assigned', 'Query Assigned'), ('table exported', 'Table Exported')], max_length=30),
        ),
    ]
