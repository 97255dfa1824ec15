const waiting = new WeakMap();
/**
 * A client that sends `Expect: 100-continue` waits with its body for our word. Left alone, the server
 * would give it before anything looked at the key; here it is given when the body is read.
 */
export function deferContinue(server) {
    server.on('checkContinue', (request, response) => {
        waiting.set(request, response);
        server.emit('request', request, response);
    });
    // Any other expectation may be ignored (RFC 9110, section 10.1.1); the default would be a 417 without JSON.
    server.on('checkExpectation', (request, response) => {
        server.emit('request', request, response);
    });
}
/** Whether the client still holds its body back. */
export const awaitsContinue = (request) => waiting.has(request);
export function sendContinue(request) {
    const response = waiting.get(request);
    if (response === undefined)
        return;
    waiting.delete(request);
    response.writeContinue();
}
