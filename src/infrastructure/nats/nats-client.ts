// Those alone load this module who use NATS. In the bundle of a program, a CommonJS package that is loaded by itself has no
// names.
export { connect } from '@nats-io/transport-node';
