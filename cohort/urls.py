"""Pages of this room."""

from django.urls import path

from cohort.views import adherence, exports, form, home, imports, questions, review, row, subject, summary

urlpatterns = [
    path("", home.home, name="home"),
    path("subjects/", home.subject_list, name="subject_list"),
    path("subjects/new/", home.subject_new, name="subject_new"),
    path("subjects/<subject:code>/", subject.subject, name="subject"),
    path("subjects/<subject:code>/form/", form.form, name="form"),
    path("subjects/<subject:code>/form/send/", form.form_send, name="form_send"),
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
    path("review/", review.review_queue, name="review_queue"),
    path("review/<subject:code>/", review.review, name="review"),
    path("review/<subject:code>/ask/", review.review_ask, name="review_ask"),
    path("review/<subject:code>/accept/", review.review_accept, name="review_accept"),
    path("review/<subject:code>/return/", review.review_return, name="review_return"),
    path("cohort/", summary.summary, name="summary"),
    path("cohort/protocol/", adherence.adherence, name="adherence"),
    path("cohort/rows/<slug:row>/", row.row_people, name="row_people"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<str:name>", exports.export_file, name="export_file"),
]
