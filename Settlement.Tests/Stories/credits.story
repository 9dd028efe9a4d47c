# A credit that names its original in another case takes it back
cdrs/30-cr-orig.json posted
cdrs/30-cr-case.json credited
owed 0

# A second credit of one original is held: the debt is never negative
cdrs/31-cr-orig.json posted
cdrs/31-cr-first.json credited
cdrs/31-cr-second.json held credit.twice
owed 0

# A credit that negates quantities too
cdrs/32-cr-orig.json posted
cdrs/32-cr-allneg.json credited
owed 0

# A credit with a positive total is never charged again
cdrs/33-cr-orig.json posted
cdrs/33-cr-positive.json held credit.positive-total
owed US-CPI/BUG-Cr4-O 4.00 USD

# A credit before its original
cdrs/36-cr-before.json held credit.waits-for-original
cdrs/36-cr-orig.json credited
owed 0

# An original, then a credit under the same id
cdrs/35-cr-orig.json posted
cdrs/35-cr-same-id.json conflict cdr.conflict
owed 0
