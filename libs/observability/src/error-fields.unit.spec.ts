import { errorFields } from './error-fields.js';

describe('what is logged of an error', () => {
  it('is what it says and where, and the same of its cause', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNRESET' });
    expect(errorFields(new Error('outer', { cause }))).toMatchObject({
      type: 'Error',
      message: 'outer',
      stack: expect.stringContaining('error-fields.unit.spec'),
      cause: { type: 'TypeError', message: 'inner', code: 'ECONNRESET' },
    });
  });

  it('is nothing else that hangs on it, such as the values of a statement', () => {
    const error = Object.assign(new Error('refused'), { parameters: ['secret'], detail: 'Key (id)=(secret) exists' });
    expect(JSON.stringify(errorFields(error))).not.toContain('secret');
    expect(errorFields('thrown')).toEqual({ message: 'thrown' });
  });

  it('ends where causes go round in circles', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(errorFields(error)).match(/"round"/g)).toHaveLength(5);
  });
});
