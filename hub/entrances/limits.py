"""How large a file may be."""

from pydantic import Field

from contracts.configuration import Section


class Limits(Section):
    """Bounds of a file; one that goes beyond is refused with the figure."""

    max_file_bytes: int = Field(
        default=50_000_000, ge=1, title="File size", description="Bytes of a file at most."
    )
    max_unpacked_bytes: int = Field(
        default=300_000_000,
        ge=1,
        title="Unpacked size",
        description="Bytes of all parts of an XLSX file at most, unpacked.",
    )
    max_rows: int = Field(
        default=100_000, ge=1, title="Rows", description="Rows with data in a file at most."
    )
    max_columns: int = Field(
        default=200, ge=1, le=16_384, title="Columns", description="Columns of a file at most."
    )
    max_cell_characters: int = Field(
        default=10_000,
        ge=1,
        le=100_000,
        title="Cell size",
        description="Characters of a cell at most.",
    )
    max_bodies: int = Field(
        default=200_000,
        ge=1,
        title="Figures",
        description="Figures, cases and mentions that a file may hold at most.",
    )
