"""How far the forms are that were there before their states were kept."""

from django.db import migrations

from cohort import checks, dictionary
from cohort.changes import typed_of

BATCH = 500


def note(apps, schema_editor):
    Case = apps.get_model("cohort", "Case")
    SectionState = apps.get_model("cohort", "SectionState")
    Answer = apps.get_model("cohort", "Answer")
    for case in Case.objects.select_related("subject__site").iterator(chunk_size=BATCH):
        try:
            known = dictionary.get(case.dictionary)
        except dictionary.DictionaryError:
            continue
        site = case.subject.site
        facts = {"subject": case.subject.code, "site": site.code, "site_level": site.level, "irb_ok": "1"}
        kept = dict(Answer.objects.filter(case=case).values_list("item", "value"))
        meters = checks.meters(known, checks.settle(known, typed_of(known, kept), facts), facts)
        SectionState.objects.bulk_create(
            SectionState(
                case=case,
                section=meter.section.slug,
                given=meter.given,
                missing=meter.required - meter.answered,
                errors=meter.errors,
                complete=meter.complete and meter.given > 0,
            )
            for meter in meters
        )
        case.given = sum(meter.given for meter in meters)
        case.complete = case.given > 0 and all(meter.complete for meter in meters)
        case.completed_at = (case.submitted_at or case.updated_at) if case.complete else None
        Case.objects.filter(pk=case.pk).update(
            given=case.given, complete=case.complete, completed_at=case.completed_at
        )


class Migration(migrations.Migration):
    dependencies = [("cohort", "0006_states_and_signatures")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop, elidable=True)]
