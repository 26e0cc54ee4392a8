// How tools tell numbers.
export const count = (number) => number.toLocaleString('en-GB');
export const times = (number, word) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;
