"""A dictionary's Excel template, and workbooks that bring answers: read by deid.sheet, judged as the form."""
