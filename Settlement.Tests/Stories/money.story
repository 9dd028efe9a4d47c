# B1: 20 % above the CPO's own network
money/att1.jsonl:1 held surcharge
owed 0

# B2: an unused, unknown tariff beside it changes nothing
money/att1.jsonl:2 held surcharge
owed 0

# B3: a tariff id that nobody knows at a connector with a published price, dearer than that
money/att1.jsonl:3 held surcharge
owed 0

# D6: the own network's price includes tax, the CDR's does not
publish money/own-network-inc.json
money/att2d.jsonl:1 held surcharge
owed 0

# D8: dearer by min_price
money/att2e.jsonl:1 held surcharge
owed 0

# D9: dearer by step_size
money/att2f.jsonl:1 held surcharge
owed 0

# D10: dearer, the tariff's id in another case
money/att2g.jsonl:1 held surcharge
owed 0

# D11: dearer, the tariff under another owner
money/att2h.jsonl:1 held surcharge
owed 0

# D12: two tariffs under one id, the dearer one first
money/att2i.jsonl:1 held surcharge
owed 0

# C1: the tariff of another plug than the connector publishes
money/att3.jsonl:1 held surcharge
owed 0

# C2: HST stated a cent off posts as stated
money/att3.jsonl:2 posted
owed US-CPI/C2 14.70 CAD

# C3: a cent of tax less on a free session, which has more energy than its connector can give
money/att3.jsonl:3 held energy.exceeds-power
owed 0

# C3b: a cent of tax more on the same
money/att3.jsonl:4 held energy.exceeds-power
owed 0

# C14: a credit in another currency than its original
money/att3.jsonl:15 posted
money/att3.jsonl:16 held credit.differs
owed US-CPI/C14 7.35 CAD

# C14 the other way round
money/att3.jsonl:16 held credit.waits-for-original
money/att3.jsonl:15 posted
state US-CPI/C14-C held credit.differs
owed US-CPI/C14 7.35 CAD

# C15: of two credits of one original the second is held
money/att3.jsonl:17 posted
money/att3.jsonl:18 credited
money/att3.jsonl:19 held credit.twice
owed 0

# C16: a negative total that is no credit
money/att3.jsonl:20 held cost.negative-total
owed 0

# C17: a credit of itself
money/att3.jsonl:21 held credit.without-original
owed 0

# A claim after tax is settled before it, and its credit takes it back
cdrs/80-incl-vat-tariff.json posted
owed US-CPI/BUG-80-incl-vat-tariff 4.60 CAD
cdrs/91-credit-incl.json credited
owed 0

# A part of a claim after tax is no credit
cdrs/95-orig.json posted
cdrs/95-credit.json held credit.differs
owed US-CPI/BUG-95-orig 4.60 CAD

# A part of a claim after tax is no credit, coming first
cdrs/95-credit.json held credit.waits-for-original
cdrs/95-orig.json posted
state US-CPI/BUG-95-credit held credit.differs
owed US-CPI/BUG-95-orig 4.60 CAD

# A credit of a free session, and the CDR that comes instead
cdrs/93-free-orig.json posted
cdrs/93-free-credit.json credited
cdrs/93-free-again.json posted
owed 0

# A credit that is rounded, of an original that is not
cdrs/93-unr-orig.json posted
owed US-CPI/BUG-93-unr-orig 3.98 CAD
cdrs/93-unr-credit.json credited
owed 0

# The same with the credit first
cdrs/93-unr-credit.json held credit.waits-for-original
cdrs/93-unr-orig.json credited
owed 0

# A credit with the noise of binary floats
cdrs/93-noisy-orig.json posted
cdrs/93-noisy-credit.json credited
owed 0

# B15: ten hours of charging time in a period of one hour
money/att1.jsonl:24 held period.time-exceeds-span
owed 0

# B17: a period after the end of the session
money/att1.jsonl:25 held periods.outside-session
owed 0

# B18: one kilowatt-hour in total, ten in the periods
money/att1.jsonl:26 held energy.differs
owed 0

# B19: the CDR says Alberta, the location that the CPO published says Ontario
money/att1.jsonl:27 held place.contradicts-location
owed 0

# B21: the session ends after its receipt
money/att1.jsonl:28 held time.after-receipt
owed 0

# B22: a megawatt-hour in a minute on a small connector
money/att1.jsonl:29 held energy.exceeds-power
owed 0

# C5: fifty kilowatt-hours in no time
money/att3.jsonl:6 held energy.exceeds-power
owed 0

# C6: total_energy 10.4 kWh, the periods sum to 10
money/att3.jsonl:7 held energy.differs
owed 0

# C7: total_energy 10.04 kWh, the periods sum to 10
money/att3.jsonl:8 held energy.differs
owed 0

# C8: the same period twice
money/att3.jsonl:9 held period.sent-twice
owed 0

# C13: ten hours of parking in a session of twenty minutes
money/att3.jsonl:14 held period.time-exceeds-span
owed 0

# 18: three lines, the second last updated after the year 9999: all are read; they are of one driver's one session
cdrs/18-import/cdrs.jsonl:1 posted
cdrs/18-import/cdrs.jsonl:2 held session.second-cdr
cdrs/18-import/cdrs.jsonl:3 held session.second-cdr
