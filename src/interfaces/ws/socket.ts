import type { Context } from 'koa';
import type {} from 'koa-websocket';

/** A client's socket, as koa-websocket gives it. */
export type Socket = Context['websocket'];
