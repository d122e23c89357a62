//! `artifact push`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use testkit::Issuer;

use crate::double::Double;
use crate::job::Job;

async fn built() -> Job {
    let job = Job::new();
    job.init(&[]).await;
    job.write("dev/deployment.yaml", "kind: Deployment\n");
    job.write("prod/deployment.yaml", "kind: Deployment\n");
    job
}

const STATIC: &str = "push --http-base-url http://h --retries 2 --auth-token ci-token";

fn command(double: &Double) -> String {
    STATIC.replace("http://h", &double.url)
}

#[tokio::test]
async fn the_folder_is_uploaded_with_its_checksum() {
    let (job, double) = (built().await, Double::start().await);
    insta::assert_snapshot!(job.run(&command(&double)).await, @r#"
    ------- stdout
    Files in path '.'
      artifact.json
      dev/deployment.yaml
      prod/deployment.yaml
    [exit 0]
    "#);
    double.received(|received| {
        assert_eq!(received.requests, ["POST /artifacts/create Bearer ci-token", "PUT /store/billing/a-1"]);
        let created = received.created.as_ref().unwrap();
        assert_eq!(created.artifact, artifact::decode(job.read("artifact.json").as_bytes()).unwrap());
        let digest = STANDARD.encode(Md5::digest(&received.zip));
        assert_eq!((&created.md5, &received.md5), (&digest, &digest));
        assert_eq!(received.length, received.zip.len().to_string(), "a body of known length, not chunks");
        let zip = zip::ZipArchive::new(std::io::Cursor::new(&received.zip)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["artifact.json", "dev/deployment.yaml", "prod/deployment.yaml"]);
    });
}

#[tokio::test]
async fn what_fails_for_now_is_tried_again() {
    let (job, double) = (built().await, Double::start().await);
    double.fails("POST", 503, r#"{"status":503,"message":"starting"}"#);
    double.fails("PUT", 500, "<Error><Code>InternalError</Code><Message>Try again.</Message></Error>");
    let told = job.run(&command(&double)).await;
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Files in path '.'
      artifact.json
      dev/deployment.yaml
      prod/deployment.yaml
    ------- stderr
    trying again (1 of 2): starting (reference: [id])
    trying again (1 of 2): the artifact store refused the upload: status 500, InternalError: Try again.
    [exit 0]
    "#);
    double.received(|received| assert_eq!(received.md5, STANDARD.encode(Md5::digest(&received.zip))));
}

#[tokio::test]
async fn what_fails_for_good_is_told_without_the_link() {
    let (job, double) = (built().await, Double::start().await);
    double.fails(
        "PUT",
        400,
        "<Error><Code>BadDigest</Code><Message>The Content-MD5 differs.</Message></Error>",
    );
    insta::assert_snapshot!(job.run(&command(&double)).await, @r#"
    ------- stdout
    Files in path '.'
      artifact.json
      dev/deployment.yaml
      prod/deployment.yaml
    ------- stderr
    error: the artifact store refused the upload: status 400, BadDigest: The Content-MD5 differs.
    hint: run it again; give the reason to who runs the server
    [exit 1]
    "#);
    double.fails("POST", 401, r#"{"status":401,"message":"please provide a valid authentication token"}"#);
    let told = job.run(&command(&double)).await;
    assert!(!told.contains("top-secret"), "{told}");
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Files in path '.'
      artifact.json
      dev/deployment.yaml
      prod/deployment.yaml
    ------- stderr
    error: please provide a valid authentication token (reference: [id])
    hint: check ARTIFACT_AUTH_TOKEN, or the client id and secret of this CI job
    [exit 4]
    "#);
}

#[tokio::test]
async fn an_unreachable_server_is_named() {
    let job = built().await;
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let job = job.set("ARTIFACT_URL", &url).set("ARTIFACT_AUTH_TOKEN", "t");
    insta::assert_snapshot!(job.run("push --retries 2").await, @r#"
    ------- stdout
    Files in path '.'
      artifact.json
      dev/deployment.yaml
      prod/deployment.yaml
    ------- stderr
    trying again (1 of 2): cannot reach the release manager at [server]: Connection refused (os error 111)
    trying again (2 of 2)
    error: cannot reach the release manager at [server]: Connection refused (os error 111)
    hint: check ARTIFACT_URL, and that this CI job can reach the server
    [exit 5]
    "#);
}

#[tokio::test]
async fn a_client_logs_in_with_its_credentials() {
    let (job, double) = (built().await, Double::start().await);
    let issuer = Issuer::start().await.unwrap();
    issuer.add_client("ci", "s3cret");
    let job = job.set("ARTIFACT_CLIENT_SECRET", "s3cret").set("ARTIFACT_IDP_URL", issuer.url());
    let told = job.run(&format!("push --http-base-url {} --client-id ci", double.url)).await;
    assert!(told.ends_with("[exit 0]"), "{told}");
    double.received(|received| assert_eq!(received.requests[0], "POST /artifacts/create Bearer [jwt]"));
    let told = job.run(&format!("push --http-base-url {} --client-id other", double.url)).await;
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Files in path '.'
      artifact.json
      dev/deployment.yaml
      prod/deployment.yaml
    ------- stderr
    error: the identity provider at [server] refused this client: the issuer says invalid_client
    hint: check --client-id, --client-secret and --artifact-scope
    [exit 4]
    "#);
}

#[tokio::test]
async fn links_are_refused() {
    let (job, double) = (built().await, Double::start().await);
    std::os::unix::fs::symlink("/etc/passwd", job.file("dev/secret.yaml")).unwrap();
    insta::assert_snapshot!(job.run(&command(&double)).await, @r#"
    ------- stderr
    error: 'dev/secret.yaml' is a symbolic link, which an artifact cannot hold
    hint: put a copy of the file in its place
    [exit 1]
    "#);
    double.received(|received| assert!(received.requests.is_empty()));
}

#[tokio::test]
async fn a_fault_of_the_server_is_none_of_ours() {
    let (job, double) = (built().await, Double::start().await);
    for _ in 0..3 {
        double.fails("POST", 500, r#"{"status":500,"message":"unknown error"}"#);
    }
    let told = job.run(&command(&double)).await;
    assert!(told.contains("error: unknown error") && told.ends_with("[exit 5]"), "{told}");
    double.received(|received| assert_eq!(received.requests.len(), 3, "it was tried again"));
}

#[tokio::test]
async fn a_server_that_sends_its_callers_elsewhere_is_told_with_where() {
    let (job, double) = (built().await, Double::start().await);
    let shown = async || {
        let told = job.run(&command(&double)).await.replace(&double.url, "[server]");
        told[told.find("------- stderr").unwrap()..].to_owned()
    };
    double.fails("POST", 308, "https://release-manager.example.test/artifacts/create");
    insta::assert_snapshot!(shown().await, @r#"
    ------- stderr
    error: [server] sends its callers on to https://release-manager.example.test
    hint: give https://release-manager.example.test as the address if the release manager is there
    [exit 2]
    "#);
    double.fails("POST", 302, "https://sso.example.test/login?to=x");
    assert!(shown().await.contains("on to https://sso.example.test\n"));
    double.received(|received| assert_eq!(received.requests.len(), 2, "nothing is tried again"));
    double.fails("POST", 302, "mailto:nobody");
    assert!(shown().await.contains("is not one of a release manager: status 302"));
}

#[tokio::test]
async fn an_answer_without_a_link_is_told_at_once() {
    let (job, double) = (built().await, Double::start().await);
    for link in ["", "not a link", "file:///etc/passwd"] {
        let told = job.run(&command(double.links_to(link))).await;
        let told = &told[told.find("------- stderr").unwrap()..];
        let expected = "------- stderr\nerror: the release manager's answer holds no link to upload to\n\
                        hint: check ARTIFACT_URL, and that the server there is a release manager\n[exit 5]";
        assert_eq!(told, expected, "{link}");
    }
    double.received(|received| assert_eq!(received.requests.len(), 3, "nothing is uploaded anywhere"));
}

#[tokio::test]
async fn the_store_may_send_an_upload_elsewhere() {
    let (job, double) = (built().await, Double::start().await);
    double.fails("PUT", 307, "/elsewhere?X-Amz-Signature=top-secret");
    let told = job.run(&command(&double)).await;
    assert!(told.ends_with("[exit 0]") && !told.contains("stderr"), "{told}");
    double.received(|received| {
        assert_eq!(received.requests[2], "PUT /elsewhere", "{:?}", received.requests);
        assert_eq!(received.md5, STANDARD.encode(Md5::digest(&received.zip)), "from its first byte");
    });
    for _ in 0..5 {
        double.fails("PUT", 307, "/elsewhere");
    }
    let told = job.run(&command(&double).replace("--retries 2", "--retries 0")).await;
    assert!(told.contains("from one place to the next without end") && told.ends_with("[exit 5]"), "{told}");
    double.fails("PUT", 308, "gopher://elsewhere/");
    let told = job.run(&command(&double)).await;
    assert!(told.contains("refused the upload: status 308") && told.ends_with("[exit 1]"), "{told}");
}

#[tokio::test]
async fn what_is_too_large_is_told_before_and_after() {
    let (job, double) = (built().await, Double::start().await);
    std::fs::write(job.file("dev/model.bin"), vec![0; (16 << 20) + 1]).unwrap();
    double.fails("PUT", 413, "");
    let told = job.run(&command(&double)).await;
    // How far it is, where packing takes long, is not of interest here.
    let lines = told.lines().skip_while(|line| *line != "------- stderr").skip(1);
    let told: Vec<&str> =
        lines.filter(|line| !line.starts_with("packing ") && !line.starts_with("uploading ")).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    this may be too large to be released: its largest file is 17 MiB (16 MiB)
    error: the artifact store refused the upload: status 413
    hint: leave out of the folder what no environment needs, or let the store take more
    [exit 1]
    "#);
}
