// This is all that is used of the driver. In the bundle of a program, a CommonJS package that is loaded by itself has no names.
export { BSON, MongoBulkWriteError, MongoClient, MongoInvalidArgumentError, MongoServerError } from 'mongodb';
export { Connection } from 'mongodb/lib/cmap/connection.js';
