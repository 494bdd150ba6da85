"""Outputs that say which model wrote them: a judge who reads that is not blind any more.

Only self-identification counts: an answer about ChatGPT is no leak, and Claude Monet painted.
Names that are also words or people's names count only with something of a machine beside them.
"""

import re

# Said of themselves, these can be meant in one way only.
PLAIN = (
    r"ChatGPT|GPT-?\d[\w.-]*|(?:Chat)?GLM-?\d*|LLaMA(?:[- ]?\d[\w.]*)?|Vicuna|WizardLM|Open ?-?Assistant|Qwen[\w.-]*|"
    r"DeepSeek[\w.-]*|ERNIE ?Bot|Mixtral|StarCoder|StableLM|HyperCLOVA ?X?|CLOVA ?X|EXAONE[\w.-]*|PaLM ?\d*|"
    r"Microsoft Copilot|GitHub Copilot|Bing Chat|Google Bard|通义千问|文心一言|뤼튼"
)
# These are also words, signs of the zodiac or people.
DOUBLE = r"Claude|Gemini|Bard|Grok|Mistral|Gemma|Falcon|Koala|Alpaca|Dolly|Kimi|Copilot|Nova|Solar|Phi|Pi|Zephyr|Command"
VENDOR = (
    r"OpenAI|Anthropic|Google(?: DeepMind| AI)?|DeepMind|Meta(?: AI)?|Microsoft|Mistral AI|Cohere|DeepSeek|"
    r"Alibaba(?: Cloud)?|xAI|Baidu|Zhipu ?AI|Moonshot AI|Stability AI|Databricks|MosaicML|Amazon|NVIDIA|"
    r"Technology Innovation Institute|TII|LMSYS|Large Model Systems Organization|LAION|Hugging ?Face|EleutherAI|"
    r"Inflection(?: AI)?|AI21(?: Labs)?|Aleph Alpha|Perplexity|Upstage|Naver|네이버|Kakao|카카오|LG AI Research|"
    r"BigScience|01\.AI|Nous Research|Together AI|智谱|阿里云|百度|深度求索"
)
MADE = r"(?:trained|created|developed|made|built|designed|fine-tuned|provided|offered)"
MACHINE = r"(?:AI|A\.I\.|artificial intelligence|assistant|chat ?bot|bot|(?:large )?language model|LLM)"
I_AM = r"(?:I['’]m|I am|[Mm]y name is|[Tt]his is|[Yy]ou(?:['’]re| are) (?:talking|chatting|speaking) (?:to|with))"

PATTERNS = (
    # I'm ChatGPT; my name is Vicuna
    rf"\b{I_AM} (?:called |named )?(?:the |an? )?(?:{PLAIN})\b(?!['’]s)",
    # I'm Claude, an AI assistant made by Anthropic; I am Claude.
    rf"\b{I_AM} (?:called |named )?(?:{DOUBLE})\b(?=,? (?:an?|the|your)\b[^.\n]{{0,40}}\b{MACHINE}\b|"
    rf"[^.\n]{{0,40}}\b(?:{MADE}|from) (?:by )?(?:{VENDOR})\b)",
    r"\b(?:I['’]m|I am|[Mm]y name is) Claude(?=[.!]?\s*$|[.!]\s|, (?:and|how)\b)",
    # I am an AI assistant called Gemini
    rf"\b(?:I['’]m|I am|[Aa]s) (?:an?|the|your) [^.\n]{{0,40}}\b{MACHINE}[^.\n]{{0,15}}"
    rf" (?:called|named|known as) (?:{PLAIN}|{DOUBLE})\b",
    # as a large language model trained by Google; I was made by OpenAI
    rf"\b(?:I['’]m|I am|I was|I've been|I have been|[Aa]s) (?:an? |the )?(?:[^.\n]{{0,60}}\b{MACHINE}\b[^.\n]{{0,30}} )?"
    rf"{MADE}(?: and {MADE})? by (?:researchers (?:at|from) |the team at |a team at )?(?:{VENDOR})\b",
    rf"\b[Mm]y (?:creators?|developers?|makers?)(?: at|,| is| are) (?:{VENDOR})\b",
    # as GPT-4, I cannot
    rf"\b[Aa]s (?:{PLAIN}|Claude|Gemini|Bard|Grok),? (?:an? [^.\n]{{0,40}}\b{MACHINE}[^.\n]{{0,60}}, )?I\b",
    # 저는 OpenAI에서 개발한 ChatGPT입니다; 我是ChatGPT; 私はClaudeです
    rf"(?:저는|나는|제 이름은)[^.\n]{{0,40}}(?:{PLAIN}|{DOUBLE}|클로드|제미나이|챗GPT)(?:입니다|이에요|예요|라고 합니다|이라고 합니다|[,.]|$)",
    rf"(?:저는|나는)[^.\n]{{0,20}}(?:{VENDOR}|오픈AI|앤트로픽|구글)[^.\n]{{0,10}}(?:개발|만든|만들|훈련|학습|제작)",
    rf"(?:我是|我叫)[^。\n]{{0,30}}(?:{PLAIN}|Claude|Gemini)",
    rf"我是?由?[^。\n]{{0,10}}(?:{VENDOR})[^。\n]{{0,8}}(?:开发|训练|研发|创建)",
    rf"(?:私は|僕は)[^。\n]{{0,30}}(?:{PLAIN}|Claude|Gemini)(?:です|という|と申)",
)
FOUND = re.compile("|".join(f"(?:{one})" for one in PATTERNS))
QUOTES = "\"“‘'«「『`"
# No pattern matches without one of these: a quick look spares most texts the long one.
HINT = re.compile(rf"{PLAIN}|{DOUBLE}|{VENDOR}|클로드|제미나이|챗GPT|오픈AI|앤트로픽|구글")


def leak(text: str) -> tuple[int, int] | None:
    """Where the text says who wrote it. What somebody says in quotes is a story's matter."""
    if HINT.search(text) is None:
        return None
    for found in FOUND.finditer(text):
        if found.start() == 0 or text[found.start() - 1] not in QUOTES:
            return found.span()
    return None
