"""table(rows): text in columns; lengths stand at the right."""
from sample_units import Length


def table(rows):
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = []
    for row, texts in zip(rows, cells):
        parts = [
            text.rjust(width) if isinstance(cell, (int, float, Length)) else text.ljust(width)
            for cell, text, width in zip(row, texts, widths)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def load_toml(text):
    """Rows of the tables in a TOML text; needs the extra `toml`."""
    import tomli

    return [list(entry.values()) for entry in tomli.loads(text)["row"]]
