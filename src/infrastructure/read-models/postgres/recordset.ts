/** Makes one parameter for any number of rows, which `json_to_recordset` takes apart in the database. */
export const recordset = (rows: readonly object[]): [string] => [JSON.stringify(rows)];
