//! The steps of a build, as its CI job recorded them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// One step of a build.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name for people, such as `Security Scan - Code`.
    pub name: String,
    /// What it found; decides the stage's id.
    pub data: StageData,
}

/// What a step recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum StageData {
    /// `build`: an image was built.
    Build(Image),
    /// `push`: an image was pushed.
    Push(Image),
    /// `test`: tests ran.
    Test(Test),
    /// `snyk-code`: the code was scanned.
    SnykCode(SnykCode),
    /// `snyk-docker`: the image was scanned.
    SnykDocker(SnykDocker),
    /// A step this version does not know: kept as it is, so that re-encoding loses nothing.
    Other {
        /// The step's id.
        id: String,
        /// Its data.
        data: Option<Value>,
    },
}

/// An image that was built or pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Image {
    /// The image's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image: String,
    /// Its tag.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// The version of the tool that built it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub docker_version: String,
}

/// A test run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Test {
    /// Where to read more.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The counts.
    pub results: TestResults,
}

/// Counts of a test run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestResults {
    /// Tests that passed.
    pub passed: i64,
    /// Tests that failed.
    pub failed: i64,
    /// Tests that did not run.
    pub skipped: i64,
}

/// Counts of known vulnerabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vulnerabilities {
    /// High severity.
    pub high: i64,
    /// Medium severity.
    pub medium: i64,
    /// Low severity.
    pub low: i64,
}

/// A scan of the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SnykCode {
    /// The scanner's version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub snyk_version: String,
    /// Where to read more.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The language scanned.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// What was found.
    pub vulnerabilities: Vulnerabilities,
}

/// A scan of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SnykDocker {
    /// The image's tag.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// The scanner's version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub snyk_version: String,
    /// Where to read more.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The base image.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base_image: String,
    /// What was found.
    pub vulnerabilities: Vulnerabilities,
}

impl StageData {
    /// The stage's id on the wire.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Build(_) => "build",
            Self::Push(_) => "push",
            Self::Test(_) => "test",
            Self::SnykCode(_) => "snyk-code",
            Self::SnykDocker(_) => "snyk-docker",
            Self::Other { id, .. } => id,
        }
    }

    /// What the scans of this stage found, if it is one.
    #[must_use]
    pub fn vulnerabilities(&self) -> Option<Vulnerabilities> {
        match self {
            Self::SnykCode(scan) => Some(scan.vulnerabilities),
            Self::SnykDocker(scan) => Some(scan.vulnerabilities),
            Self::Build(_) | Self::Push(_) | Self::Test(_) | Self::Other { .. } => None,
        }
    }

    fn read(id: String, data: Option<Value>) -> Result<Self, serde_json::Error> {
        /// A known stage needs data; `null` stands for an empty object (spec, section 3.1).
        fn known<T: Default + for<'de> Deserialize<'de>>(
            data: Option<Value>,
        ) -> Result<T, serde_json::Error> {
            match data {
                None => Err(serde_json::Error::custom("the stage has no data")),
                Some(Value::Null) => Ok(T::default()),
                Some(value) => serde_json::from_value(value),
            }
        }
        match id.as_str() {
            "build" => known(data).map(Self::Build),
            "push" => known(data).map(Self::Push),
            "test" => known(data).map(Self::Test),
            "snyk-code" => known(data).map(Self::SnykCode),
            "snyk-docker" => known(data).map(Self::SnykDocker),
            _ => Ok(Self::Other { id, data }),
        }
    }
}

#[derive(Serialize)]
struct StageOut<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<DataOut<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DataOut<'a> {
    Image(&'a Image),
    Test(&'a Test),
    SnykCode(&'a SnykCode),
    SnykDocker(&'a SnykDocker),
    Other(&'a Value),
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = match &self.data {
            StageData::Build(image) | StageData::Push(image) => Some(DataOut::Image(image)),
            StageData::Test(test) => Some(DataOut::Test(test)),
            StageData::SnykCode(scan) => Some(DataOut::SnykCode(scan)),
            StageData::SnykDocker(scan) => Some(DataOut::SnykDocker(scan)),
            StageData::Other { data, .. } => data.as_ref().map(DataOut::Other),
        };
        StageOut { id: self.data.id(), name: &self.name, data }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct StageIn {
            #[serde(default)]
            id: String,
            #[serde(default)]
            name: String,
            #[serde(default, deserialize_with = "present")]
            data: Option<Value>,
        }
        /// Keeps `null` apart from "not there".
        fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
            Value::deserialize(deserializer).map(Some)
        }
        let stage = StageIn::deserialize(deserializer)?;
        let data = StageData::read(stage.id, stage.data).map_err(D::Error::custom)?;
        Ok(Self { name: stage.name, data })
    }
}
