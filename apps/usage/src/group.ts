/** The subscriber's name: of its positions, and of its group on the broker. */
export const GROUP = 'usage';
