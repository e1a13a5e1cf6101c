"""API of this room."""

from django.urls import path

from cohort.api import forms, imports, record, tables

urlpatterns = [
    path("dictionary/", forms.DictionaryView.as_view(), name="dictionary"),
    path("dictionary/redcap/", imports.RedcapDictionaryView.as_view(), name="redcap_dictionary"),
    path("forms/<slug:code>/", forms.FormView.as_view(), name="form"),
    path("forms/<slug:code>/submit/", forms.SubmitView.as_view(), name="form_submit"),
    path("forms/<slug:code>/changes/", record.ChangesView.as_view(), name="form_changes"),
    path("forms/<slug:code>/signature/", record.SignatureView.as_view(), name="form_signature"),
    path("forms/<slug:code>/unlock/", record.UnlockView.as_view(), name="form_unlock"),
    path("unlocks/", record.UnlocksView.as_view(), name="unlocks"),
    path("unlocks/<int:number>/grant/", record.UnlockGrantView.as_view(), name="unlock_grant"),
    path("unlocks/<int:number>/refuse/", record.UnlockRefuseView.as_view(), name="unlock_refuse"),
    path("forms/<slug:code>/queries/", forms.CaseQueriesView.as_view(), name="form_queries"),
    path("queries/<int:number>/answer/", forms.QueryAnswerView.as_view(), name="query_answer"),
    path("queries/<int:number>/close/", forms.QueryCloseView.as_view(), name="query_close"),
    path("queries/<int:number>/verify/", forms.QueryVerifyView.as_view(), name="query_verify"),
    path("queries/<int:number>/assign/", forms.QueryAssignView.as_view(), name="query_assign"),
    path("imports/", imports.ImportsView.as_view(), name="imports"),
    path("imports/template/<str:language>/", imports.TemplateView.as_view(), name="import_template"),
    path("imports/records/<str:name>", imports.RecordsView.as_view(), name="import_records"),
    path("imports/look/", imports.LookView.as_view(), name="import_look"),
    path("imports/errors/", imports.ErrorsView.as_view(), name="import_errors"),
    path("summary/", tables.SummaryView.as_view(), name="summary"),
    path("exports/", tables.ExportsView.as_view(), name="exports"),
    path("exports/<str:name>", tables.ExportFileView.as_view(), name="export_file"),
]
