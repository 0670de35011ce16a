/** The tables of the `media` projection. */
export const MEDIA_TABLES = `
  create table files (
    media_id     uuid primary key,
    uploader_id  uuid not null,
    name         text,
    content_type text not null,
    size         integer not null,
    sha256       text not null,
    width        integer,
    height       integer,
    uploaded_at  timestamptz not null,
    is_attached  boolean not null default false
  );
  create index files_of_uploader on files (uploader_id, media_id);
  create index files_by_age on files (uploaded_at) where not is_attached;
`;

export const ADD = {
  name: 'media.add',
  text: `
    insert into files (media_id, uploader_id, name, content_type, size, sha256, width, height, uploaded_at)
    select "mediaId", "uploaderId", name, "contentType", size, sha256, width, height, "uploadedAt"
      from json_to_recordset($1) as ("mediaId" uuid, "uploaderId" uuid, name text, "contentType" text, size integer,
                                  sha256 text, width integer, height integer, "uploadedAt" timestamptz)
    on conflict do nothing`,
};

export const ATTACH = {
  name: 'media.attach',
  text: 'update files set is_attached = true where media_id = any ($1::uuid[])',
};

export const REMOVE = { name: 'media.remove', text: 'delete from files where media_id = any ($1::uuid[])' };

export const ERASE = { name: 'media.erase', text: `delete from files where uploader_id = any ($1::uuid[])` };

const FILE = `media_id as "mediaId", uploader_id as "uploaderId", name, content_type as "contentType", size, sha256,
              width, height, uploaded_at as "uploadedAt"`;

export const FIND = { name: 'media.find', text: `select ${FILE} from media.files where media_id = $1` };

export const KNOWN = {
  name: 'media.known',
  text: 'select media_id as "mediaId" from media.files where media_id = any ($1::uuid[])',
};

export const UNATTACHED = {
  name: 'media.unattached',
  text: `
    select media_id as "mediaId" from media.files
     where uploaded_at < $1 and not is_attached and media_id <> all ($3::uuid[]) order by uploaded_at limit $2`,
};

/** Lists the files of a user ($1) after one of them ($2, or null for all). */
export const UPLOADED_BY = {
  name: 'media.uploaded_by',
  text: `
    select ${FILE} from media.files
     where uploader_id = $1 and ($2::uuid is null or media_id > $2) order by media_id limit $3`,
};
