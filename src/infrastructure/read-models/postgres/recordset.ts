/** One parameter for any number of rows: taken apart in the database by `json_to_recordset`. */
export const recordset = (rows: readonly object[]): [string] => [JSON.stringify(rows)];
