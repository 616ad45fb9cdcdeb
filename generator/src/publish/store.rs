//! A bucket that speaks S3, by way of `object_store`.
//!
//! In: `s3://bucket/prefix`, and from the environment the endpoint and who we are. Out: what lies there, files put and removed. Knows how
//! long a file may be kept and of what type it is; not in what order files come.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use futures::TryStreamExt;
use object_store::{
    Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions, aws::AmazonS3Builder,
    path::Path as Key,
};

use super::plan::Remote;
use crate::{
    media::media_type,
    serve::files::{CACHE_ASK, CACHE_FOREVER, is_hashed},
};

/// Who may write to a bucket, where no role of the machine says it.
const KEYS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
}

impl Bucket {
    pub(super) fn open(target: &str) -> Result<Bucket> {
        let Some((bucket, prefix)) = parts(target) else {
            bail!("{target} is no address of a bucket; expected s3://BUCKET/PREFIX");
        };
        // Without a provider of its own, the client for TLS takes that of the process. Another may be there already: as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let endpoint = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
        let endpoint = endpoint.iter().find_map(|name| Some((name, std::env::var(name).ok()?)));
        if let Some((name, value)) = &endpoint
            && !["http://", "https://"].iter().any(|scheme| value.starts_with(scheme))
        {
            bail!("{name} is {value:?}, no address; expected http://HOST or https://HOST");
        }
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        if let Some((_, endpoint)) = endpoint {
            // Whoever names an endpoint without TLS means it.
            builder =
                builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
        }
        let store =
            builder.build().with_context(|| without_keys(&format!("cannot use {target}")))?;
        let prefix = Key::parse(prefix).with_context(|| format!("cannot use {target}"))?;
        Ok(Bucket { store: Arc::new(store), prefix })
    }

    /// The ETags of all files below the prefix.
    pub(super) async fn list(&self) -> Result<Remote> {
        let prefix = (!self.prefix.as_ref().is_empty()).then_some(&self.prefix);
        let mut files = self.store.list(prefix);
        let mut remote = Remote::new();
        while let Some(file) =
            files.try_next().await.with_context(|| without_keys("cannot list the bucket"))?
        {
            let path = file.location.as_ref().strip_prefix(self.prefix.as_ref());
            let path = path.unwrap_or(file.location.as_ref()).trim_start_matches('/');
            let tag = file.e_tag.unwrap_or_default();
            remote.insert(path.to_string(), tag.trim_matches('"').to_string());
        }
        Ok(remote)
    }

    pub(super) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let cache = if is_hashed(path) { CACHE_FOREVER } else { CACHE_ASK };
        let attributes = Attributes::from_iter([
            (Attribute::CacheControl, cache),
            (Attribute::ContentType, media_type(path)),
        ]);
        let options = PutOptions { attributes, ..PutOptions::default() };
        let done = self.store.put_opts(&self.key(path)?, bytes.into(), options).await;
        done.map(|_| ()).with_context(|| format!("cannot upload {path}"))
    }

    pub(super) async fn remove(&self, path: &str) -> Result<()> {
        self.store.delete(&self.key(path)?).await.with_context(|| format!("cannot remove {path}"))
    }

    fn key(&self, path: &str) -> Result<Key> {
        let key = [self.prefix.as_ref(), path].join("/");
        Key::parse(key.trim_start_matches('/')).with_context(|| format!("{path} cannot be a key"))
    }
}

/// What failed, and what may be wrong with it: the service's own words are of a role that nobody meant.
fn without_keys(failed: &str) -> String {
    let is_unset = |name: &&str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    let unset: Vec<&str> = KEYS.into_iter().filter(is_unset).collect();
    match unset.join(" and ") {
        none if none.is_empty() => failed.to_string(),
        names => {
            format!("{failed}; without {names} in the environment, the machine must have a role")
        }
    }
}

/// Bucket and prefix.
fn parts(target: &str) -> Option<(&str, &str)> {
    let rest = target.strip_prefix("s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    (!bucket.is_empty()).then_some((bucket, prefix.trim_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_buckets_with_or_without_a_prefix() {
        assert_eq!(parts("s3://docs"), Some(("docs", "")));
        assert_eq!(parts("s3://docs/a/b/"), Some(("docs", "a/b")));
        assert_eq!(parts("s3:///a"), None);
        assert_eq!(parts("docs/a"), None);
    }
}
