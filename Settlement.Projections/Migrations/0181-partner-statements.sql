-- A partner fetches its issued statements and the list of CDRs behind each document.

select settlement_partner_may_read('statements');
select settlement_partner_may_read('documents');
select settlement_partner_may_read('ledger_entries');
