/** The form that all spellings of one e-mail address share. The claim is on this form. */
export const emailKey = (email: string): string => email.normalize('NFKC').trim().toLowerCase();
