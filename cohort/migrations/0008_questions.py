
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohort', '0007_states_of_what_is_there'),
        ('imaging', '0002_synthetic'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DigestMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='query',
            name='closed_query_has_a_time',
        ),
        migrations.AddField(
            model_name='query',
            name='assigned_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='query',
            name='rule',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='querymessage',
            name='event',
            field=models.CharField(blank=True, choices=[('', 'Said'), ('rule', 'Asked because of a check'), ('assigned', 'Given to'), ('closed', 'Closed'), ('verified', 'Verified'), ('passed', 'Closed by itself: the check passes now')], default='', max_length=8),
        ),
        migrations.AlterField(
            model_name='query',
            name='state',
            field=models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('closed', 'Closed'), ('verified', 'Verified')], default='open', max_length=8),
        ),
        migrations.AlterField(
            model_name='querymessage',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='querymessage',
            name='text',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddConstraint(
            model_name='query',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('closed', 'verified'))), models.Q(models.Q(('state__in', ('closed', 'verified')), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='closed_query_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='query',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('rule', ''), _negated=True), ('state__in', ('open', 'answered'))), fields=('case', 'rule'), name='a_rule_asks_once'),
        ),
        migrations.AddConstraint(
            model_name='querymessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', True), ('event', 'passed')), models.Q(models.Q(('event', 'passed'), _negated=True), ('by__isnull', False)), _connector='OR'), name='only_a_rule_speaks_for_itself'),
        ),
        migrations.AddConstraint(
            model_name='querymessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('event', ''), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='what_is_said_has_words'),
        ),
        migrations.AddField(
            model_name='digestmail',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='digestmail',
            constraint=models.UniqueConstraint(fields=('user', 'day'), name='one_digest_a_day'),
        ),
    ]
