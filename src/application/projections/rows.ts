/** Puts what comes of a row in its place, where there is one. */
export const changeRow = <Row>(rows: Map<string, Row>, key: string, changed: (row: Row) => Row): void => {
  const row = rows.get(key);
  if (row !== undefined) rows.set(key, changed(row));
};

/** Puts a row where there is none yet. */
export const putNewRow = <Row>(rows: Map<string, Row>, key: string, row: Row): void => {
  if (!rows.has(key)) rows.set(key, row);
};
