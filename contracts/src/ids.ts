/** Ids that platforms bring are opaque to us. */
export const platformId = /^[A-Za-z0-9._~-]{1,64}$/;

const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
};

/** GB 11643: seventeen digits and a check symbol mod 11. */
const isChineseIdentityCard = (text: string): boolean => {
  if (!/^\d{17}[\dXx]$/.test(text)) return false;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  return '10X98765432'[sum % 11] === text[17]!.toUpperCase();
};

/** True for what parses as a telephone, card or identity-card number or an e-mail address: such an id would put personal data into the record for ever. */
export const idLooksPersonal = (id: string): boolean => {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(id)) return true;
  if (isChineseIdentityCard(id)) return true;
  const digits = id.replace(/[-. ]/g, '');
  if (/^(\+\d{7,15}|\d{7,12})$/.test(digits)) return true;
  return /^\d{13,19}$/.test(digits) && luhn(digits);
};
