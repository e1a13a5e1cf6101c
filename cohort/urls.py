"""Pages of this room."""

from django.urls import path

from cohort.views import exports, form, home, imports, questions, record, review, row, subject, summary

urlpatterns = [
    path("", home.home, name="home"),
    path("subjects/", home.subject_list, name="subject_list"),
    path("subjects/new/", home.subject_new, name="subject_new"),
    path("subjects/<subject:code>/", subject.subject, name="subject"),
    path("subjects/<subject:code>/form/", form.form, name="form"),
    path("subjects/<subject:code>/form/send/", record.form_send, name="form_send"),
    path("subjects/<subject:code>/form/sign/", record.form_sign, name="form_sign"),
    path("subjects/<subject:code>/form/unlock/", record.unlock_ask, name="unlock_ask"),
    path("subjects/<subject:code>/form/history/<slug:item>/", record.field_history, name="field_history"),
    path("subjects/<subject:code>/changes.csv", record.changes_csv, name="changes_csv"),
    path("unlock/<int:number>/grant/", record.unlock_grant, name="unlock_grant"),
    path("unlock/<int:number>/refuse/", record.unlock_refuse, name="unlock_refuse"),
    path("subjects/<subject:code>/form/<slug:slug>/", form.form_section, name="form_section"),
    path("import/", imports.page, name="import"),
    path("import/template/<str:language>/", imports.template, name="import_template"),
    path("import/records/<str:name>", imports.records, name="import_records"),
    path("import/look/", imports.look, name="import_look"),
    path("import/bring/", imports.bring_in, name="import_bring"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:number>/answer/", questions.question_answer, name="question_answer"),
    path("questions/<int:number>/again/", questions.question_again, name="question_again"),
    path("questions/<int:number>/close/", questions.question_close, name="question_close"),
    path("questions/<int:number>/verify/", questions.question_verify, name="question_verify"),
    path("questions/<int:number>/assign/", questions.question_assign, name="question_assign"),
    path("review/", review.review_queue, name="review_queue"),
    path("review/<subject:code>/", review.review, name="review"),
    path("review/<subject:code>/ask/", review.review_ask, name="review_ask"),
    path("review/<subject:code>/accept/", review.review_accept, name="review_accept"),
    path("review/<subject:code>/return/", review.review_return, name="review_return"),
    path("cohort/", summary.summary, name="summary"),
    path("cohort/rows/<slug:row>/", row.row_people, name="row_people"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<str:name>", exports.export_file, name="export_file"),
]
