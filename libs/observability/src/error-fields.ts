const CAUSES_MAX = 4;

/**
 * What is logged of an error: its kind, what it says, where it was thrown, and the same of its causes. Never what else hangs on
 * it: clients keep the values of a statement, the arguments of a command or a whole response there.
 */
export function errorFields(error: unknown, causesMax = CAUSES_MAX): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, cause } = error as Error & { readonly code?: unknown };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined && causesMax > 0 && { cause: errorFields(cause, causesMax - 1) }),
  };
}
