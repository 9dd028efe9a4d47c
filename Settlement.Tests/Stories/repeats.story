# Codes in lower case are the same CDR
cdrs/70-replay-case/cdr.json posted
cdrs/70-replay-case/again.json repeated
owed US-CPI/BUG-RP-case 4.60 CAD

# The same CDR again: country
cdrs/70-replay-country/cdr.json posted
cdrs/70-replay-country/again.json repeated
owed US-CPI/BUG-RP-country 4.60 CAD

# The same CDR again: flagfalse
cdrs/70-replay-flagfalse/cdr.json posted
cdrs/70-replay-flagfalse/again.json repeated
owed US-CPI/BUG-RP-flagfalse 4.60 CAD

# The same CDR again: idcase
cdrs/70-replay-idcase/cdr.json posted
cdrs/70-replay-idcase/again.json repeated
owed US-CPI/BUG-RP-idcase 4.60 CAD

# The same CDR again: invoiceref
cdrs/70-replay-invoiceref/cdr.json posted
cdrs/70-replay-invoiceref/again.json repeated
owed US-CPI/BUG-RP-invoiceref 4.60 CAD

# The same CDR again: millis
cdrs/70-replay-millis/cdr.json posted
cdrs/70-replay-millis/again.json repeated
owed US-CPI/BUG-RP-millis 4.60 CAD

# The same CDR again: noz
cdrs/70-replay-noz/cdr.json posted
cdrs/70-replay-noz/again.json repeated
owed US-CPI/BUG-RP-noz 4.60 CAD

# The same CDR again: numtext
cdrs/70-replay-numtext/cdr.json posted
cdrs/70-replay-numtext/again.json repeated
owed US-CPI/BUG-RP-numtext 4.60 CAD

# The same CDR again: offset
cdrs/70-replay-offset/cdr.json posted
cdrs/70-replay-offset/again.json repeated
owed US-CPI/BUG-RP-offset 4.60 CAD

# The same CDR again: space
cdrs/70-replay-space/cdr.json posted
cdrs/70-replay-space/again.json repeated
owed US-CPI/BUG-RP-space 4.60 CAD

# The same CDR again: tlast
cdrs/70-replay-tlast/cdr.json posted
cdrs/70-replay-tlast/again.json repeated
owed US-CPI/BUG-RP-tlast 4.60 CAD

# The same CDR again: unknown
cdrs/70-replay-unknown/cdr.json posted
cdrs/70-replay-unknown/again.json repeated
owed US-CPI/BUG-RP-unknown 4.60 CAD

# The same CDR again after its month was issued: case
cdrs/70-replay-case/cdr.json posted
issue 2026-10
cdrs/70-replay-case/again.json repeated
owed US-CPI/BUG-RP-case 4.60 CAD

# The same CDR again after its month was issued: country
cdrs/70-replay-country/cdr.json posted
issue 2026-10
cdrs/70-replay-country/again.json repeated
owed US-CPI/BUG-RP-country 4.60 CAD

# The same CDR again after its month was issued: invoiceref
cdrs/70-replay-invoiceref/cdr.json posted
issue 2026-10
cdrs/70-replay-invoiceref/again.json repeated
owed US-CPI/BUG-RP-invoiceref 4.60 CAD

# The same CDR again after its month was issued: tlast
cdrs/70-replay-tlast/cdr.json posted
issue 2026-10
cdrs/70-replay-tlast/again.json repeated
owed US-CPI/BUG-RP-tlast 4.60 CAD

# The same CDR again after its month was issued: unknown
cdrs/70-replay-unknown/cdr.json posted
issue 2026-10
cdrs/70-replay-unknown/again.json repeated
owed US-CPI/BUG-RP-unknown 4.60 CAD

# One id in another case is one CDR; other money under it is a conflict
cdrs/22-id-case1.json posted
cdrs/22-id-case2.json repeated
owed US-CPI/BUG-AbC-9 4.00 USD
cdrs/22-id-case3.json conflict cdr.conflict
owed 0

# A CDR id in another case is one id
money/att1.jsonl:10 posted
money/att1.jsonl:11 repeated
owed US-CPI/B8x 7.35 CAD

# 10 and 10.000, and a slip in a coordinate
money/att1.jsonl:12 posted
money/att1.jsonl:13 repeated

# 10 and 1e1
money/att1.jsonl:14 posted
money/att1.jsonl:15 repeated

# 10 and "10"
money/att1.jsonl:16 posted
money/att1.jsonl:17 repeated

# A time with .000
money/att1.jsonl:18 posted
money/att1.jsonl:19 repeated

# A time without Z
money/att1.jsonl:20 posted
money/att1.jsonl:21 repeated

# Null members
money/att1.jsonl:22 posted
money/att1.jsonl:23 repeated

# Another number format
money/att2.jsonl:1 posted
money/att2.jsonl:2 repeated

# Dimensions in another order
money/att2.jsonl:3 posted
money/att2.jsonl:4 repeated

# An unknown member
money/att2.jsonl:5 posted
money/att2.jsonl:6 repeated

# The form of 2.1.1 leaves out the minimum price and which tariff priced the period: a person chooses
money/att2.jsonl:7 posted
money/att2b.jsonl:1 conflict cdr.conflict
owed 0
