# Without a session id: same EVSE, driver and time is one session
money/att1.jsonl:4 posted
money/att1.jsonl:5 held session.second-cdr
owed US-CPI/B5a 7.35 CAD

# A session id in another case
money/att1.jsonl:6 posted
money/att1.jsonl:7 held session.second-cdr

# A session id with a blank after it
money/att1.jsonl:8 posted
money/att1.jsonl:9 held session.second-cdr

# The same session in 2.2.1 and then in 2.1.1 under another id
money/att2.jsonl:8 posted
money/att2c.jsonl:1 held session.second-cdr
owed US-CPI/D5 7.35 CAD

# A charger counts its own transactions: one id at two EVSEs on two days is two sessions
cdrs/82-sess-a.json posted
cdrs/82-sess-b.json posted
owed US-CPI/BUG-82-sess-a 4.60 CAD
owed US-CPI/BUG-82-sess-b 4.60 CAD

# With a session id and without
sessions/first.json posted
sessions/no-session-id.json held session.second-cdr

# Without a session id and then with one
sessions/no-session-id.json posted
sessions/first.json held session.second-cdr

# Times that overlap
sessions/first.json posted
sessions/overlapping.json held session.second-cdr

# One session after the other at the same EVSE on one day
sessions/first.json posted
sessions/later.json posted
sessions/later-again.json held session.second-cdr
state US-CPI/ONE-5 held session.second-cdr

# Another driver, and another EVSE
sessions/first.json posted
sessions/another-driver.json posted
sessions/another-evse.json posted

# One platform tells only the EVSE's public id, without separators
sessions/first.json posted
sessions/only-evse-id.json held session.second-cdr

# The eMSP's alias
alias CA-FLO US-FLO
sessions/first.json posted
sessions/emsp-alias.json held session.second-cdr

# The CPO's alias
alias US-CPI CA-CPI
sessions/first.json posted
sessions/cpo-alias.json held session.second-cdr

# Blanks around the id of the CDR: one CDR
sessions/first.json posted
sessions/blanks.json repeated

# A session over the edge of a day, and one that begins before it ends
sessions/past-midnight.json posted
sessions/after-midnight.json held session.second-cdr

# The first is credited: the second is owed
sessions/first.json posted
sessions/no-session-id.json held session.second-cdr
sessions/credit.json credited
state US-CPI/ONE-2 posted
owed US-CPI/ONE-1 0.00 CAD
owed US-CPI/ONE-2 4.60 CAD

# A person says that it is another session
sessions/first.json posted
sessions/no-session-id.json held session.second-cdr
another-session US-CPI/ONE-2
state US-CPI/ONE-2 posted
owed US-CPI/ONE-2 4.60 CAD

# What is not the second of a session cannot be told from it
sessions/first.json posted
another-session US-CPI/ONE-1 cdr.not-held

# One CDR id billed to two eMSPs
sessions/first.json posted
sessions/same-id-other-emsp.json held session.second-cdr

# One session billed to two eMSPs under two ids
sessions/first.json posted
sessions/same-session-other-emsp.json held session.second-cdr

# Other money after the invoice: what was issued stays until a person decides
sessions/first.json posted
issue 2026-11
sessions/first-dearer.json conflict cdr.conflict
state US-CPI/ONE-1 conflict cdr.conflict
owed US-CPI/ONE-1 4.60 CAD
choose US-CPI/ONE-1 first
state US-CPI/ONE-1 posted
owed US-CPI/ONE-1 4.60 CAD

# Other money after the invoice, and the new content is right
sessions/first.json posted
issue 2026-11
sessions/first-dearer.json conflict cdr.conflict
choose US-CPI/ONE-1 newest
state US-CPI/ONE-1 posted
owed US-CPI/ONE-1 5.06 CAD

# Held for a wrong session id, and the CPO corrects it
sessions/first.json posted
sessions/wrong-session-id.json held session.second-cdr
sessions/session-id-corrected.json posted
state US-CPI/ONE-20 posted
owed US-CPI/ONE-1 4.60 CAD
owed US-CPI/ONE-20 4.60 CAD

# Held for a wrong session id, and it comes again with that id: it waits
sessions/first.json posted
sessions/wrong-session-id.json held session.second-cdr
sessions/wrong-session-id-again.json repeated
state US-CPI/ONE-20 held session.second-cdr
sessions/session-id-corrected.json posted
sessions/wrong-session-id.json repeated
owed US-CPI/ONE-20 4.60 CAD

# A session id that is told later is the CDR's from then on
sessions/no-session-id.json posted
sessions/session-id-told.json repeated
sessions/wrong-session-id.json held session.second-cdr
owed US-CPI/ONE-2 4.60 CAD
sessions/session-id-corrected.json posted
owed US-CPI/ONE-2 4.60 CAD
owed US-CPI/ONE-20 4.60 CAD

# A session id that is told later, after the invoice
sessions/no-session-id.json posted
issue 2026-11
sessions/session-id-told.json repeated
sessions/wrong-session-id.json held session.second-cdr
owed US-CPI/ONE-2 4.60 CAD

# A session id that is told later and another CDR holds: what is owed stays
sessions/no-session-id.json posted
sessions/wrong-session-id.json posted
sessions/session-id-told.json repeated
owed US-CPI/ONE-2 4.60 CAD
owed US-CPI/ONE-20 4.60 CAD

# The chosen of two contents waits for another CDR, and the CPO corrects its session id
sessions/first.json posted
sessions/wrong-session-id.json held session.second-cdr
sessions/wrong-session-id-dearer.json conflict cdr.conflict
choose US-CPI/ONE-20 newest
state US-CPI/ONE-20 held session.second-cdr
sessions/session-id-corrected-dearer.json posted
owed US-CPI/ONE-20 5.06 CAD
sessions/session-id-corrected.json repeated
owed US-CPI/ONE-20 5.06 CAD
