import statusPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import errorsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/errors_pb.js';

/** Reads the node that leads from what a server says of an error; undefined while there is none, as during an election. */
export const leaderIn = (details: Buffer): { readonly host: string; readonly port: number } | undefined => {
  const value = statusPb.Status.deserializeBinary(details).getDetails()?.getValue_asU8();
  const leader = value && errorsPb.NotLeaderNodeErrorDetails.deserializeBinary(value).getCurrentLeader();
  return leader && { host: leader.getHost(), port: leader.getPort() };
};
