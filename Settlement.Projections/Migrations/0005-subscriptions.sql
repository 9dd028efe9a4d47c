-- Who is sent a tenant's events, how far, and when to try again. A lease instead of a lock: a delivery may take
-- minutes, and no transaction stays open for it. Who loses its lease delivers twice at worst.
create table subscriptions (
  tenant_id varchar not null,
  subscriber varchar not null,
  number bigint not null,
  attempt integer not null,
  due timestamptz not null,
  leased_until timestamptz not null,
  failing_since timestamptz,
  last_error varchar,
  constraint pkey_subscriptions primary key (tenant_id, subscriber)
);
