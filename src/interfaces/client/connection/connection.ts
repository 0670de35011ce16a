import { isRefusal } from '../errors.js';
import type { Platform, SocketLike } from '../platform.js';
import type { Frame, ReadyFrame } from '../wire.js';
import type { BackOff } from './back-off.js';
import { step, type Action, type ConnectionEvent, type ConnectionState } from './machine.js';

/** The time that a server has from the first try until it says `ready`. */
const OPEN_MS = 15_000;
/** The time that an answer to a ping takes at most on a socket that lives. */
const ANSWER_MS = 10_000;
/** Pages can be seen and hidden many times a second, and networks come and go: only so often that is worth a try. */
const WAKE_MS = 1_000;
/** The code of a socket that ended without any. */
const GONE = 1006;

export interface ConnectionParts {
  readonly platform: Pick<Platform, 'WebSocket' | 'now' | 'random' | 'after' | 'onWake'>;
  readonly backOff: BackOff;
  /** Answers where to connect next. */
  readonly url: () => string;
  /** Answers an access token; with `renew` one that is newer than the last. */
  readonly token: (renew: boolean) => Promise<string>;
  /** Answers the position of the last frame that was handled; undefined for a client that begins. */
  readonly resumeAfter: () => string | undefined;
  readonly onReady: (frame: ReadyFrame) => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onDown: (code: number) => void;
  readonly onState: (state: ConnectionState) => void;
}

/** Keeps one socket connected: what it does next is decided by the machine. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #stopWaking: () => void;
  #state: ConnectionState = { name: 'stopped', reason: 'idle' };
  #socket: SocketLike | undefined;
  /** It grows with each socket, so that what comes late for an earlier one is dropped. */
  #generation = 0;
  #cancelTimer: () => void = () => undefined;
  #heartbeatMs = 0;
  /** The number of frames that have come. */
  #heard = 0;
  #isProbing = false;
  #wokeAt = -Infinity;
  #cancelWake: () => void = () => undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#stopWaking = parts.platform.onWake(() => this.#woke());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    this.#on({ type: 'start' });
  }

  stop(reason: 'idle' | 'signed_out'): void {
    this.#on({ type: 'stop', reason });
  }

  /** Ends the connection for good. */
  close(): void {
    this.stop('idle');
    this.#stopWaking();
    this.#cancelWake();
  }

  /** Gives the socket up, as one that has lost something; another one follows. */
  drop(): void {
    if (this.#socket) this.#ended(GONE);
  }

  /** Sends a frame; says whether there was a socket to send it on. */
  send(frame: object): boolean {
    if (this.#state.name !== 'live' || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #woke(): void {
    const { now, after } = this.#parts.platform;
    const since = now() - this.#wokeAt;
    this.#cancelWake();
    if (since >= 0 && since < WAKE_MS) {
      this.#cancelWake = after(WAKE_MS - since, () => this.#woke());
      return;
    }
    this.#wokeAt = now();
    this.#on({ type: 'woke' });
  }

  #on(event: ConnectionEvent): void {
    const { state, action } = step(this.#state, event, { ...this.#parts.platform, backOff: this.#parts.backOff });
    const isNews = state !== this.#state;
    this.#state = state;
    this.#act(action);
    if (isNews) this.#parts.onState(state);
  }

  #act(action: Action): void {
    if (action.do === 'open') this.#open(action.renew);
    if (action.do === 'wait') this.#timer(action.milliseconds, () => this.#on({ type: 'due' }));
    if (action.do === 'probe' && !this.#isProbing) this.#probe();
    if (action.do === 'close') this.#leave();
  }

  #timer(milliseconds: number, work: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.platform.after(milliseconds, work);
  }

  #open(renew: boolean): void {
    this.#leave();
    const generation = this.#generation;
    this.#timer(OPEN_MS, () => this.#ended(GONE));
    this.#parts
      .token(renew)
      .then((token) => {
        if (this.#generation === generation) this.#connect(token);
      })
      .catch((error: unknown) => {
        if (this.#generation !== generation) return;
        if (isRefusal(error, 'signed_out')) this.#on({ type: 'stop', reason: 'signed_out' });
        else this.#ended(GONE); // there is no token, or no socket to be had
      });
  }

  #connect(token: string): void {
    const { platform, url, resumeAfter } = this.#parts;
    const socket = new platform.WebSocket(url());
    this.#socket = socket;
    socket.onopen = () => {
      const position = resumeAfter();
      socket.send(JSON.stringify({ type: 'auth', token, ...(position !== undefined && { resumeAfter: position }) }));
    };
    socket.onmessage = ({ data }: { readonly data: unknown }) => this.#read(String(data));
    socket.onclose = ({ code }: { readonly code: number }) => this.#ended(code);
    socket.onerror = () => undefined; // `close` follows, with the reason
  }

  #read(text: string): void {
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      this.#ended(GONE); // something on the way has answered in place of the server
      return;
    }
    this.#take(frame);
  }

  #take(frame: Frame): void {
    this.#heard += 1;
    if (frame.type !== 'ready') {
      this.#parts.onFrame(frame);
      return;
    }
    const ready = frame as unknown as ReadyFrame;
    this.#heartbeatMs = (ready.heartbeatSeconds * 1_000) / 2;
    this.#on({ type: 'ready' });
    this.#parts.onReady(ready);
    this.#beat();
  }

  /** Pings from time to time: browsers do not show the pings of the server, and a silent socket looks like a quiet one. */
  #beat(): void {
    this.#isProbing = false;
    this.#timer(this.#heartbeatMs, () => this.#probe());
  }

  #probe(): void {
    const heard = this.#heard;
    this.#isProbing = true;
    this.send({ type: 'ping' });
    this.#timer(ANSWER_MS, () => {
      if (this.#heard === heard) this.#ended(GONE);
      else this.#beat();
    });
  }

  #ended(code: number): void {
    this.#leave();
    this.#parts.onDown(code);
    this.#on({ type: 'closed', code });
  }

  /** Leaves the socket, without waiting for its end: one that is half open never ends. */
  #leave(): void {
    this.#generation += 1;
    this.#isProbing = false;
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => undefined; // `ws` raises one for a socket that is closed before it is open
    socket.close();
  }
}
