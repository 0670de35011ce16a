-- Statements that leave together with their commit cannot be taken back by who sent them: what must not be committed is
-- refused in the database. A call of this function ends the transaction with an error of the given code.
create function projections.refuse(code text, reason text) returns text language plpgsql as $$
begin
  raise exception using errcode = code, message = reason;
end
$$;
