"""What people of the simulated month say around what they ask, in which language some of them come, and what is
answered. Written for Genba."""

OPENINGS = (
    "hi,", "hello,", "hey", "hi there,", "good morning,", "good evening,", "excuse me,", "quick question:",
    "ok so", "sorry to bother you,", "one more thing,", "hey team,", "please,", "i was wondering,",
    "a question:", "hello again,",
)  # fmt: skip
CLOSINGS = (
    "thanks", "thank you", "please", "thanks in advance", "cheers", "can you help me with that", "asap please",
    "i need this today", "any idea", "thank you so much", "i am in a hurry", "many thanks", "let me know",
    "that would be great", "if you can", "i could not find it in the app",
)  # fmt: skip
# So many of a hundred inputs have neither, one of them, both.
PLAIN, OPENED, CLOSED = 8, 42, 38

ANSWERS = (
    "Sure, here is what I found for you.",
    "I can help with that.",
    "This usually takes a minute.",
    "You will find it under your profile, in the second tab.",
    "Tell me if that is not what you meant.",
    "I have looked at your account, and all is in order.",
    "It is done, and nothing more is needed from you.",
    "You can change it at any time in the settings.",
    "The details are in the message that we sent you.",
    "Please check the date before you confirm it.",
    "It depends on your plan, which you can see on the overview.",
    "If it does not work, close the app and open it again.",
    "I have written that down for you.",
    "Is there anything else that I can do?",
    "That has been possible since last spring.",
    "You do not have to do anything now.",
    "The next step is to confirm it by the code that you get.",
    "I have found three results, the newest first.",
    "That is all that I can see from here.",
    "You get an answer within two working days.",
)
LONGER = (
    "Let me explain step by step how I came to this answer, so that you can follow it.",
    "To sum up what was said above, the most important point is the first one.",
    "As a general remark, it is a good idea to keep all of your data up to date.",
)

KOREAN = (
    "비밀번호를 잊어버렸는데 어떻게 다시 설정하나요?",
    "어제 주문한 상품이 아직 도착하지 않았어요.",
    "카드 결제가 두 번 된 것 같아요.",
    "환불은 언제쯤 받을 수 있을까요?",
    "배송지를 회사 주소로 바꾸고 싶습니다.",
    "앱이 자꾸 꺼져서 로그인을 할 수가 없네요.",
    "이번 달 청구 금액이 왜 이렇게 많이 나왔죠?",
    "가까운 지점이 어디에 있는지 알려 주세요.",
    "내일 오전 아홉 시에 알람을 맞춰 줘.",
    "서울에서 부산까지 가는 기차표를 예약하고 싶어요.",
    "오늘 저녁에 비가 오나요?",
    "계좌 잔액을 확인하고 싶습니다.",
    "해외에서도 이 카드를 쓸 수 있나요?",
    "회원 탈퇴는 어디에서 하면 되나요?",
    "영수증을 이메일로 다시 보내 주실 수 있나요?",
    "쿠폰이 적용되지 않아요. 도와주세요.",
    "전화번호가 바뀌어서 정보를 고치려고 합니다.",
    "김치찌개 끓이는 방법을 알려 줄래?",
    "인터넷 속도가 너무 느린데 확인해 주세요.",
    "주말에도 상담원과 통화할 수 있나요?",
    "휴가를 며칠이나 더 쓸 수 있는지 궁금해요.",
    "월급날이 언제인지 알려 주세요.",
    "이 문장을 영어로 번역해 주세요.",
    "자동 이체를 해지하려면 어떻게 해야 하죠?",
    "포인트를 현금처럼 쓸 수 있다고 들었는데 맞나요?",
    "사진이 올라가지 않고 오류가 납니다.",
    "주문을 취소했는데 돈이 아직 들어오지 않았어요.",
    "여권을 새로 만들려면 무엇이 필요한가요?",
    "회의실을 오후 세 시로 예약해 줘.",
    "친구에게 십만 원을 보내고 싶어.",
    "카드를 잃어버렸어요. 빨리 정지해 주세요.",
    "보험료가 얼마나 되는지 계산해 줄 수 있어요?",
    "요금제를 더 싼 것으로 바꾸고 싶어요.",
    "택배 기사님 연락처를 알 수 있을까요?",
    "설명서가 들어 있지 않았어요.",
    "색이 화면에서 본 것과 달라서 교환하고 싶습니다.",
    "아이디를 찾으려고 하는데 이메일이 기억나지 않아요.",
    "연말 정산 서류는 어디에서 받나요?",
    "지난번 문의에 아직 답변을 못 받았습니다.",
    "오늘 할 일 목록에 장보기를 추가해 줘.",
    "병원 예약을 다음 주로 미룰 수 있을까요?",
    "이 식당은 몇 시까지 영업하나요?",
)
