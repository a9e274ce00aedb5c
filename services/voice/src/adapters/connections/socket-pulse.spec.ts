import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { watchPulse } from './socket-pulse.js';

/** As much of a socket as has a pulse. */
class QuietSocket extends EventEmitter {
  readonly OPEN = WebSocket.OPEN;
  readonly readyState = WebSocket.OPEN;
  pings = 0;
  isCut = false;

  ping(): void {
    this.pings += 1;
  }

  terminate(): void {
    this.isCut = true;
    this.emit('close');
  }
}

describe('watchPulse', () => {
  const watched = (): QuietSocket => {
    const socket = new QuietSocket();
    watchPulse(socket);
    return socket;
  };

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('cuts a connection that answers nothing for 10 to 15 s', () => {
    const socket = watched();
    jest.advanceTimersByTime(10_000);
    expect([socket.pings, socket.isCut]).toEqual([2, false]);
    jest.advanceTimersByTime(5000);
    expect(socket.isCut).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is content with a pong or any message', () => {
    const socket = watched();
    for (const sign of ['pong', 'message', 'pong', 'message']) {
      jest.advanceTimersByTime(10_000);
      socket.emit(sign);
    }
    expect(socket.isCut).toBe(false);
    socket.terminate();
  });
});
