"""What a student types into a box for a number."""

import re
from fractions import Fraction

LONGEST = 60  # characters
SAME = str.maketrans("−–‒﹣－×·∙⋅✕٫，\u00a0\u2009\u202f\u2007\t", "-----*****,," + " " * 5)
RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?"
NUMBER = re.compile(rf"(?P<number>{PLAIN})(?:/(?P<below>{PLAIN})|(?P<percent>%))?")
POWER = re.compile(rf"(?:(?P<number>{PLAIN})\*)?10(?:\^|\*\*)\(?(?P<power>[+-]?\d{{1,3}})\)?")


def number_in(name: str, text: str) -> int | float | str:
    """The number that a text means, exactly; the text itself where it means none.

    Understood are also 0,1 and 5 % and 1/100 and 10^-3 and 2·10⁻³ and 1 000. ValueError where it may mean two.
    """
    plain = _plain(text.strip().lower())
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", plain):
        whole, point = plain.replace(",", ""), plain.replace(",", ".")
        either = f"{whole} or {point}" if plain.count(",") == 1 else whole
        raise ValueError(f"{name} is {text!r}, but must be written without a comma: {either}.")
    try:
        number = _fraction(plain.replace(",", ".")) if len(text) <= LONGEST else None
        if number is not None:
            return int(number) if number.denominator == 1 else float(number)
    except (OverflowError, ZeroDivisionError):
        pass
    return text


def _plain(text: str) -> str:
    """The same with the signs of a keyboard, and without spaces where they part nothing."""
    raised = re.sub(r"10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"10^{m[1].translate(RAISED)}", text)
    text = re.sub(r"(?<=\d)\s*x\s*(?=10)", "*", raised).translate(SAME)
    text = re.sub(r"\s*([*/^%])\s*", r"\1", text)
    if re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d*)?%?", text):
        text = text.replace(" ", "")
    return text


def _fraction(text: str) -> Fraction | None:
    number, power = NUMBER.fullmatch(text), POWER.fullmatch(text)
    if power:
        return Fraction(power["number"] or 1) * Fraction(10) ** int(power["power"])
    if number:
        value = Fraction(number["number"]) / Fraction(number["below"] or 1)
        return value / 100 if number["percent"] else value
    return None
