import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0002_hold'),
    ]

    operations = [
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('sequence', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('series', models.UUIDField(db_index=True)),
                ('at', models.DateTimeField()),
                ('body', models.TextField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('key', models.CharField(max_length=16)),
                ('signature', models.CharField(max_length=128)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='uploads.upload')),
            ],
            options={
                'ordering': ['sequence'],
            },
        ),
        migrations.CreateModel(
            name='LeakAlarm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('series', models.UUIDField()),
                ('at', models.DateTimeField(db_index=True)),
                ('modality', models.CharField(max_length=16)),
                ('vendor', models.CharField(blank=True, max_length=64)),
                ('model', models.CharField(blank=True, max_length=64)),
                ('files', models.PositiveIntegerField()),
                ('files_leaking', models.PositiveIntegerField()),
                ('elements', models.JSONField(default=list)),
                ('claimed_by', models.CharField(max_length=120)),
                ('marked_by', models.CharField(blank=True, max_length=120)),
                ('found_by', models.CharField(max_length=120)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaks', to='uploads.upload')),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaks', to='uploads.receipt')),
            ],
            options={
                'ordering': ['-at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReceiptHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveBigIntegerField(default=0)),
                ('digest', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_receipt_head')],
            },
        ),
    ]
