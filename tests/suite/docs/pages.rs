//! A page about an operation that is described, in our own words.

use std::fs;
use std::path::PathBuf;

/// A page of ListRedislog: the same method and path as the real one, fewer fields, other words.
pub(super) const LIST: &str = r#":original_name: ListRedislog.html

.. _ListRedislog:

Run Logs
========

URI
---

GET /v2/{project_id}/instances/{instance_id}/redislog

.. table:: **Table 1** Path Parameters

   =========== ========= ====== ===========
   Parameter   Mandatory Type   Description
   =========== ========= ====== ===========
   project_id  Yes       String Project.
   instance_id Yes       String Instance.
   =========== ========= ====== ===========

.. table:: **Table 2** Query Parameters

   ========= ========= ======= =====================
   Parameter Mandatory Type    Description
   ========= ========= ======= =====================
   offset    No        Integer Where the page begins.
   limit     No        Integer How many.
   log_type  Yes       String  Kind. Options: **run**.
   ========= ========= ======= =====================

Request Parameters
------------------

None

Response Parameters
-------------------

**Status code: 200**

.. table:: **Table 3** Response body parameters

   ========= ======= ===========
   Parameter Type    Description
   ========= ======= ===========
   total_num Integer How many.
   ========= ======= ===========

Example Responses
-----------------

**Status code: 200**

.. code-block::

   { "total_num" : 1 }

Status Codes
------------

=========== ===========
Status Code Description
=========== ===========
200         Listed.
204         There is none.
=========== ===========
"#;

/// A folder of pages.
pub(super) struct Pages(tempfile::TempDir);

impl Pages {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a page and returns its path.
    pub(super) fn add(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}

/// [`LIST`] with one text in place of another.
pub(super) fn changed(from: &str, to: &str) -> String {
    assert!(LIST.contains(from), "{from}");
    LIST.replacen(from, to, 1)
}
