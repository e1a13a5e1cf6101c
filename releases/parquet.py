"""The table as Parquet, whose bytes depend on content and writer alone: plain encoding, uncompressed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from cohort.exports.columns import Value
from releases.tables import NUMBER_TYPE, WHOLE_NUMBER

TYPES = {WHOLE_NUMBER: pa.int64(), NUMBER_TYPE: pa.float64()}
ROWS_OF_A_GROUP = 5000


def write_parquet(
    out: IO[bytes],
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Value]],
    facts: Mapping[str, str],
) -> None:
    """Columns are (name, kind of releases.tables); rows stream through, a group at a time.

    `facts` are the file's own metadata. Empty cells are null.
    """
    types = [TYPES.get(kind, pa.string()) for _name, kind in columns]
    fields = [pa.field(name, type_) for (name, _kind), type_ in zip(columns, types, strict=True)]
    schema = pa.schema(fields)
    remaining = iter(rows)
    with pq.ParquetWriter(
        out,
        schema,
        version="2.6",
        data_page_version="1.0",
        compression="none",
        use_dictionary=False,
        write_statistics=False,
        store_schema=False,
    ) as writer:
        writer.add_key_value_metadata(dict(sorted(facts.items())))
        while group := list(islice(remaining, ROWS_OF_A_GROUP)):
            cells = zip(*group, strict=True)
            arrays = [
                pa.array([_cell(one, of) for one in column], of)
                for column, of in zip(cells, types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _cell(value: Value, of: pa.DataType) -> Value:
    if value is None or of == pa.int64():
        return value
    return float(value) if of == pa.float64() else str(value)
