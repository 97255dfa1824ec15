/** Says `first` and `counted` on standard output, where whoever measures looks. */
export function countTo(total: number): { count(messages: number): void; readonly reached: Promise<void> } {
  let counted = 0;
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return {
    reached,
    count: (messages) => {
      if (counted === 0) process.stdout.write('first\n');
      const before = counted;
      counted += messages;
      if (before >= total || counted < total) return;
      process.stdout.write(`counted ${counted}\n`);
      reach();
    },
  };
}
