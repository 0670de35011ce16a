import type { Connection } from 'mongodb/lib/cmap/connection.js';

/**
 * Lets a request fail whose connection closes before it is written. The driver (7.9.0) waits until the socket takes more, or
 * raises an error; one that the server has ended closes without either. The connection that looks whether a server is there is
 * asked to look when others are lost. Where it closed just then, it waited for ever, and the server was never found again.
 */
export const failAtClose = (connections: Connection): void => {
  const write = connections.writeCommand;
  connections.writeCommand = function (request, options) {
    return new Promise((resolve, reject) => {
      const onClose = () => reject(this.error ?? new Error('the connection is closed')); // It has noted why before.
      this.socket.once('close', onClose);
      void write
        .call(this, request, options)
        .then(resolve, reject)
        .finally(() => this.socket.off('close', onClose));
    });
  };
};
