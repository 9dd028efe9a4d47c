-- A partner's list of invoice records has our own credit notes too: their lines, and the disputes with their numbers.

select settlement_partner_may_read('journal_lines');
select settlement_partner_may_read('disputes');
