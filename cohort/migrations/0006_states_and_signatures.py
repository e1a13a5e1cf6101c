
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohort', '0005_answerchange_source'),
        ('registry', '0005_held_pictures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SectionState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(max_length=40)),
                ('given', models.PositiveIntegerField(default=0)),
                ('missing', models.PositiveIntegerField(default=0)),
                ('errors', models.PositiveIntegerField(default=0)),
                ('complete', models.BooleanField(default=False)),
                ('state', models.GeneratedField(db_persist=True, expression=models.Case(models.When(complete=True, then=models.Value('complete')), models.When(given__gt=0, then=models.Value('draft')), default=models.Value('empty')), output_field=models.CharField(choices=[('empty', 'Empty'), ('draft', 'Begun'), ('complete', 'Complete'), ('signed', 'Signed'), ('locked', 'Locked')], max_length=8))),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('revision', models.PositiveIntegerField()),
                ('content', models.CharField(max_length=64)),
                ('broken_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='UnlockRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Waiting'), ('granted', 'Granted'), ('refused', 'Refused')], default='open', max_length=7)),
                ('reason', models.CharField(max_length=1000)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=1000)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='complete',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='case',
            name='completed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='given',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='answerchange',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='answerchange',
            name='source',
            field=models.CharField(choices=[('form', 'Form'), ('import', 'Import from a workbook'), ('sql', 'Changed in the database, outside the registry')], default='form', max_length=6),
        ),
        migrations.AddConstraint(
            model_name='answerchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', True), ('source', 'sql')), models.Q(models.Q(('source', 'sql'), _negated=True), ('by__isnull', False)), _connector='OR'), name='change_has_an_author_or_went_around'),
        ),
        migrations.AddField(
            model_name='sectionstate',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='section_states', to='cohort.case'),
        ),
        migrations.AddField(
            model_name='signature',
            name='broken_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signature',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signature',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='cohort.case'),
        ),
        migrations.AddField(
            model_name='case',
            name='signature',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='in_force_of', to='cohort.signature'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('signature__isnull', True), ('complete', True), _connector='OR'), name='signed_form_is_complete'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('complete', False), models.Q(('completed_at__isnull', False), ('given__gt', 0)), _connector='OR'), name='complete_form_has_answers_and_a_time'),
        ),
        migrations.AddField(
            model_name='unlockrequest',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='unlockrequest',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unlock_requests', to='cohort.case'),
        ),
        migrations.AddField(
            model_name='unlockrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='sectionstate',
            constraint=models.UniqueConstraint(fields=('case', 'section'), name='one_state_per_section'),
        ),
        migrations.AddConstraint(
            model_name='sectionstate',
            constraint=models.CheckConstraint(condition=models.Q(('complete', False), models.Q(('errors', 0), ('given__gt', 0), ('missing', 0)), _connector='OR'), name='complete_section_lacks_nothing'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('broken_at__isnull', True)), fields=('case',), name='one_signature_in_force'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('broken_at__isnull', True), ('broken_by__isnull', True)), models.Q(('broken_at__isnull', False), ('broken_by__isnull', False)), _connector='OR'), name='broken_signature_says_by_whom'),
        ),
        migrations.AddField(
            model_name='case',
            name='form_state',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(state='accepted', then=models.Value('locked')), models.When(signature__isnull=False, then=models.Value('signed')), models.When(complete=True, then=models.Value('complete')), models.When(given__gt=0, then=models.Value('draft')), default=models.Value('empty')), output_field=models.CharField(choices=[('empty', 'Empty'), ('draft', 'Begun'), ('complete', 'Complete'), ('signed', 'Signed'), ('locked', 'Locked')], max_length=8)),
        ),
        migrations.AddConstraint(
            model_name='unlockrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('case',), name='one_open_unlock_request'),
        ),
        migrations.AddConstraint(
            model_name='unlockrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='decided_unlock_request_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='unlockrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='refused_unlock_request_says_why'),
        ),
    ]
