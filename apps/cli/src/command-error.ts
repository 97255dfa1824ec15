/** A command that cannot be carried out, said in one line with what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
