"""Numbers as the report writes them."""


def number(value):
    """Readable: about three significant digits, thousands separated."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def ratio_text(spread):
    return " – ".join(f"{value:.2f}" for value in spread) if spread else ""
