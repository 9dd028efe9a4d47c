-- Which tables the login of partners may read, each under row security by tenant. Whoever owns the tables is let
-- into that role, so that the program itself reads for a partner with no more rights than the partner has.

create index cdrs_by_receipt on cdrs (tenant_id, generation, received_at, stream) where received_at is not null;

select settlement_partner_may_read('cdrs');
select settlement_partner_may_read('reported_sessions');
select settlement_partner_may_read('invoice_records');
-- of a head no more than which rows are in use
select settlement_partner_may_read('tenant_heads', 'tenant_id, generation');

do $$
begin
  execute format('grant settlement_partner to %I', current_user);
exception
  when insufficient_privilege or undefined_object or invalid_grant_operation then null; -- no such role here
end
$$;
