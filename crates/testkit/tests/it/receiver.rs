//! The receiver of signed webhooks.

use testkit::Receiver;

use crate::client;

#[tokio::test]
async fn only_what_is_signed_is_taken() {
    let receiver = Receiver::start().await.unwrap();
    let post = async |signature: &str| {
        let request = client().post(receiver.url()).header("webhook-id", "msg_1").body("{}");
        let request =
            request.header("webhook-timestamp", "1614265330").header("webhook-signature", signature);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("v1,Zm9yZ2Vk").await, 401);
    receiver.answer_next(&[500]);
    assert_eq!(post("").await, 500);
    let received = receiver.received();
    assert_eq!(
        received.iter().map(|one| (one.verified, one.status)).collect::<Vec<_>>(),
        [(false, 401), (false, 500)]
    );
}
