/**
 * What the elements say: in English, in Korean. A page replaces any of it by `.texts`.
 */

export const TEXTS = {
  suggestion: ["Suggestion", "제안"],
  accept: ["Accept", "수락"],
  search: ["Search all values", "모든 값 검색"],
  results: ["Results", "결과"],
  reject: ["Reject the suggestion", "제안 거절"],
  feedback: ["Feedback", "피드백"],
  up: ["Good answer", "좋은 답변"],
  down: ["Bad answer", "나쁜 답변"],
  comment: ["Comment", "의견"],
  correction: ["Correct the answer", "답변 고치기"],
  regenerate: ["New answer", "새 답변"],
  copy: ["Copy", "복사"],
  download: ["Download", "다운로드"],
  send: ["Send", "보내기"],
  cancel: ["Cancel", "취소"],
  thanks: ["Thank you", "감사합니다"],
};
