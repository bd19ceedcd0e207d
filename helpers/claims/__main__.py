"""Measure all claims: `make claims`."""

from textwrap import indent, wrap

from helpers.claims import measure_claims

for finding in measure_claims():
    claim, source, measured, told, share, verdict = finding.row
    words = "\n".join(wrap(f"{measured}; {told}; in {share} seeds", 92))
    print(f"\n{claim} ({source}): {verdict.upper()}\n{indent(words, '    ')}")
